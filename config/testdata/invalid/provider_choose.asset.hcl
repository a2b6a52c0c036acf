provider "imaginator" {}
provider "local" {}
image "a" { # ERROR: Provider not chosen
  prompt = "x"
  output = "a.png"
}
