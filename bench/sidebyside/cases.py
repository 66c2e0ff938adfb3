"""The cases, what each must reach, and what it aims at: the numbers this broker is built for."""

from . import kafka_cases, rabbitmq_cases


def cases(settings):
    return [*rabbitmq_cases.cases(settings), *kafka_cases.cases(settings)]
