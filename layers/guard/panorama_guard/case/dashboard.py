"""What a CloudWatch dashboard is made of, as far as it does something when it is looked at.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html
"""

import re

TYPE = "cloudwatch-dashboard"

ENDPOINTS = "functions of custom widgets"

NAME = re.compile(r"[\w-]{1,255}", re.ASCII)
