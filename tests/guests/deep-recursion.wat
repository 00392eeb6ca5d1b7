;; Calls itself until the stack is full.
(func $deeper (param i32) (result i32)
  (i32.add (i32.const 1) (call $deeper (i32.add (i32.const 1) (local.get 0)))))
(func (export "hiring:job-board/deliveries@0.1.0#handle-webhook")
  (param i32 i32 i32 i32 i32) (param $attack i32) (param i64) (result i32)
  (if (local.get $attack) (then (return (call $deeper (i32.const 0)))))
  (i32.const 1024))
