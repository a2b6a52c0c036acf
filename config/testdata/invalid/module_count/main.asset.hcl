module "a" {
  source   = "./a"
  count    = 2 # ERROR: Both count and for_each
  for_each = toset(["a"])
}
