//! Work on several items at a time, in the order of the items.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The stack of a thread in bytes: trees of deeply nested code are followed by recursion.
const STACK: usize = 32 << 20;

/// Runs the work for each item on all processors, and keeps the order.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, || {
                    let mut done = Vec::new();
                    while let Some((index, item)) = take(&next, items) {
                        done.push((index, work(item)));
                    }
                    done
                })
            })
            .collect();
        // Where no thread can be had, the others do its work; where none at all can be had, this one does.
        let workers: Vec<_> = workers.into_iter().flatten().collect();
        if workers.is_empty() {
            return items.iter().map(&work).enumerate().collect();
        }
        // A panic goes on: results left out would stand beside the wrong items.
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'i, T>(next: &AtomicUsize, items: &'i [T]) -> Option<(usize, &'i T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_beside_their_items() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(in_parallel(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_is_not_a_result_left_out() {
        let outcome = std::panic::catch_unwind(|| in_parallel(&[1, 2, 3, 4], |item| assert_ne!(*item, 2)));
        assert!(outcome.is_err());
    }
}
