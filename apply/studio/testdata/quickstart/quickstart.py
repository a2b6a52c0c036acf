import requests
import time

API_KEY = "your_api_key"
BASE_URL = "https://imaginator.mat3u.com/api/v1"

def generate_image(prompt, model="imagen3.5"):
    """Generate image from text prompt"""
    response = requests.post(
        f"{BASE_URL}/generate_image",
        headers={"X-API-Key": API_KEY},
        json={"prompt": prompt, "model": model}
    )
    task_id = response.json()["data"]["task_id"]

    # Wait for completion
    while True:
        status = requests.get(
            f"{BASE_URL}/task/{task_id}",
            headers={"X-API-Key": API_KEY}
        ).json()
        if status["data"]["status"] == "completed":
            return status["data"]["result_url"]
        elif status["data"]["status"] == "failed":
            raise Exception(status["data"].get("error_message"))
        time.sleep(2)

# Usage
url = generate_image("A spaceship in retro-futuristic style")
print(f"Result: {url}")
