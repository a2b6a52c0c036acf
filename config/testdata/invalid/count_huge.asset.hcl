image "a" {
  count  = 100001 # ERROR: Too many instances
  prompt = "x"
  output = "${count.index}.png"
}
