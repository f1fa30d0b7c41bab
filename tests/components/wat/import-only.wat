;; Only imports the interface: no code, so no label.
(component (import "fermyon:spin/key-value@2.0.0" (instance)))
