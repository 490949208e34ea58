"""What compare.py takes of scipy.stats."""

import numpy


def gmean(values):
    return numpy.exp(numpy.mean(numpy.log(values), axis=0))


def mannwhitneyu(*_args, **_words):
    raise NotImplementedError("of repetitions alone, which these files have none of")
