image "a" {
  prompt = "x"
  output = "a/logo.png" # ERROR: Two assets, one output
}
module "a" {
  source = "./a"
}
