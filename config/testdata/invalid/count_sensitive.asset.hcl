image "a" {
  count  = sensitive(1) # ERROR: Sensitive value in count
  prompt = "x"
  output = "${count.index}.png"
}
