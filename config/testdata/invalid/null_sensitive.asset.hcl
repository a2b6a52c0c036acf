variable "key" {
  default   = "k"
  sensitive = true
}
image "a" {
  prompt = "A cat"
  seed   = var.key == "k" ? null : 1 # ERROR: Sensitive value of seed
  output = "a.png"
}
image "b" {
  for_each = toset(["a", "k"])
  prompt   = "A cat"
  output   = "${can(regex("^${each.key}", var.key))}-${each.key}.png" # ERROR: Sensitive value of output
}
image "c" {
  count  = try(length(regex("^z", var.key)), 3) # ERROR: Sensitive value in count
  prompt = "A cat"
  output = "c${count.index}.png"
}
