locals { style = "x" }
module "a" {
  source = "./a"
}
