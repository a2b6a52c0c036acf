defaults "image" { model = "nano_banana" }
defaults "image" { model = "nano_banana" } # ERROR: Duplicate defaults block
