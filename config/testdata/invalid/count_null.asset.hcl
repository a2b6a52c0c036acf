image "a" {
  count  = null # ERROR: Invalid value of count
  prompt = "x"
  output = "${count.index}.png"
}
