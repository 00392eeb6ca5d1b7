;; Answers that are not what they say. The length of the delivery's body chooses; without a body the answer is in order.
;;
;; An outcome is laid out as: verdict at 0; the response's headers at 84 and 88 (address, count), its body at 92 and 96; events at 100 and 104.
(memory (export "memory") 640)
(func (export "hiring:job-board/deliveries@0.1.0#handle-webhook")
  (param i32 i32 i32 i32 i32) (param $attack i32) (param i64) (result i32)
  (block $fine
    (block $amplify (block $giant (block $text (block $far (block $crooked (block $no-such-verdict
      (br_table $fine $giant $amplify $text $far $crooked $no-such-verdict $fine (local.get $attack)))
      ;; 6: a verdict that the contract does not have
      (i32.store8 (i32.const 2048) (i32.const 9))
      (return (i32.const 2048)))
     ;; 5: an address that no record can have
     (return (i32.const 2049)))
    ;; 4: an address behind the end of the memory
    (return (i32.const -8)))
   ;; 3: a body that begins inside the memory and ends far behind it
   (i32.store (i32.const 2140) (i32.const 4096))
   (i32.store (i32.const 2144) (i32.const -1))
   (return (i32.const 2048)))
   ;; 1: four thousand million events
   (i32.store (i32.const 2148) (i32.const 4096))
   (i32.store (i32.const 2152) (i32.const -1))
   (return (i32.const 2048)))
   ;; 2: two million empty headers, all inside the memory; the host would need three times their room
   (i32.store (i32.const 2132) (i32.const 65536))
   (i32.store (i32.const 2136) (i32.const 2000000))
   (return (i32.const 2048)))
  (i32.const 1024))
