video "a" {
  prompt = "x"
  model  = "nano_banana" # ERROR: Unsupported argument
  output = "a.mp4"
}
