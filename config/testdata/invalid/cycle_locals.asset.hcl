locals {
  a = local.b # ERROR: Cycle of references
  b = local.c
  c = local.a
}
