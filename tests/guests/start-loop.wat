;; Never finishes its start, which runs before any export is called.
(start $begin)
(func $begin (loop $for-ever (br $for-ever)))
