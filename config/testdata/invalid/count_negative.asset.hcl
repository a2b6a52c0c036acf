image "a" {
  count  = -1 # ERROR: Invalid value of count
  prompt = "x"
  output = "${count.index}.png"
}
