locals {
  l = "word"
  x = local.l + 1

  y = upper("é", 3)
}
