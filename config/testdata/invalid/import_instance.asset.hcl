image "a" {
  for_each = toset(["x"])
  prompt   = "x"
  output   = "a.png"
}
import {
  to = image.a # ERROR: Import needs an instance
}
