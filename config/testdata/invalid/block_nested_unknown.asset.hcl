image "a" {
  prompt = "x"
  output = "a.png"
  lifecycl { # ERROR: Unsupported block type
  }
}
