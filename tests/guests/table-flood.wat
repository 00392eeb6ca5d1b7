;; Makes its table larger until that is refused. Crashes when it got more than a hundred thousand places.
(table $places 1 funcref)
(func (export "hiring:job-board/deliveries@0.1.0#handle-webhook")
  (param i32 i32 i32 i32 i32) (param $attack i32) (param i64) (result i32)
  (if (local.get $attack) (then
    (loop $more
      (br_if $more (i32.ne (i32.const -1) (table.grow $places (ref.null func) (i32.const 1000)))))
    (if (i32.gt_u (table.size $places) (i32.const 100000)) (then unreachable))))
  (i32.const 1024))
