# The file stands already, drawn by hand: it is taken as the result.
import {
  to = image.logo
}

image "logo" {
  prompt = "A fox in a circle, flat logo"
  output = "art/logo.png"
}
