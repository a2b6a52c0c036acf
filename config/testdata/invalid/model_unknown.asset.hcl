image "a" {
  prompt = "x"
  model  = "nano_bananna" # ERROR: Unsupported value of model
  output = "a.png"
}
