image "a" {
  prompt = "x"
  output = "a.png"
}
import {
  to = image.a
}
import { # ERROR: Duplicate import block
  to = image.a
}
