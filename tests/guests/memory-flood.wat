;; Makes its memory larger, page by page, until that is refused, and lives on. Crashes when it got more than eight megabytes.
(func (export "hiring:job-board/deliveries@0.1.0#handle-webhook")
  (param i32 i32 i32 i32 i32) (param $attack i32) (param i64) (result i32)
  (if (local.get $attack) (then
    (loop $more (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 1)))))
    (if (i32.gt_u (memory.size) (i32.const 128)) (then unreachable))))
  (i32.const 1024))
