//! Work on several items at a time, in the order of the items.

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
        // Where no thread can be had, the others do its work.
        let workers: Vec<_> = workers.into_iter().flatten().collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'i, T>(next: &AtomicUsize, items: &'i [T]) -> Option<(usize, &'i T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}
