image "a" {
  prompt = "x ${count.index}" # ERROR: Invalid use of count
  output = "a.png"
}
