image "logo" {
  prompt = "A fox in a circle, flat logo"
  output = "art/logo.png"

  # The picture is final: no edit, no --replace and no deletion changes it.
  lifecycle {
    prevent_destroy    = true
    prevent_regenerate = true
  }
}

image "banner" {
  prompt     = "A banner with the logo in the middle"
  references = [image.logo]
  output     = "art/banner.png"

  # To reword the prompt generates nothing. A new logo does.
  lifecycle {
    ignore_changes = [prompt]
  }
}
