/** Rows of the catalogue for accuracy and labels. */

/** Rows about accuracy, which is counted by the time of the prediction, over the time in which labels may arrive. */
export const accuracyRows = {
  outrider_accuracy: {
    type: "gauge",
    unit: "ratio",
    help: "Share of the labelled predictions that were right, 0 to 1, from 30 labels on. On the leader of a fleet, of all replicas.",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_lower_bound: {
    type: "gauge",
    unit: "ratio",
    help: "Lower end of the 95 % interval of outrider_accuracy (Wilson).",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_upper_bound: {
    type: "gauge",
    unit: "ratio",
    help: "Upper end of the 95 % interval of outrider_accuracy (Wilson). Accuracy has dropped when this is below outrider_accuracy_baseline - 0.05.",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_baseline: {
    type: "gauge",
    unit: "ratio",
    help: "Accuracy on the rows of the baseline.",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_ready: {
    type: "gauge",
    unit: "boolean",
    help: "1 from 30 labels on, else 0.",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_estimated: {
    type: "gauge",
    unit: "ratio",
    help: "Accuracy estimated from the confidences of all predictions, labelled or not, with the calibration of the baseline.",
    labels: ["model", "version", "variant"],
  },
  outrider_accuracy_estimate_valid: {
    type: "gauge",
    unit: "boolean",
    help: "0 while outrider_accuracy_estimated is unreliable: no confidences, too few rows, no calibration, or labels that contradict it.",
    labels: ["model", "version", "variant"],
  },
  outrider_calibration_error: {
    type: "gauge",
    unit: "ratio",
    help: "Expected calibration error: mean distance of the confidence from the share that was right, in ten bins.",
    labels: ["model", "version", "variant"],
  },
  outrider_precision: {
    type: "gauge",
    unit: "ratio",
    help: "Precision of the positive class, or the mean over all classes when there are more than two.",
    labels: ["model", "version", "variant"],
  },
  outrider_recall: {
    type: "gauge",
    unit: "ratio",
    help: "Recall, else as outrider_precision.",
    labels: ["model", "version", "variant"],
  },
  outrider_f1_score: {
    type: "gauge",
    unit: "ratio",
    help: "F1 score, else as outrider_precision.",
    labels: ["model", "version", "variant"],
  },
  outrider_roc_auc: {
    type: "gauge",
    unit: "ratio",
    help: "Area under the ROC curve, for two classes with probabilities.",
    labels: ["model", "version", "variant"],
  },
  outrider_brier_score: {
    type: "gauge",
    unit: "score",
    help: "Mean squared difference between probability and truth.",
    labels: ["model", "version", "variant"],
  },
  outrider_log_loss: {
    type: "gauge",
    unit: "score",
    help: "Mean negative logarithm of the probability given to the true class.",
    labels: ["model", "version", "variant"],
  },
  outrider_mean_absolute_error: {
    type: "gauge",
    unit: "value",
    help: "Mean absolute error of labelled numbers.",
    labels: ["model", "version", "variant"],
  },
  outrider_mean_absolute_error_baseline: {
    type: "gauge",
    unit: "value",
    help: "Mean absolute error on the rows of the baseline.",
    labels: ["model", "version", "variant"],
  },
  outrider_root_mean_squared_error: {
    type: "gauge",
    unit: "value",
    help: "Root of the mean squared error of labelled numbers.",
    labels: ["model", "version", "variant"],
  },
  outrider_label_coverage_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Share of the predictions that have a label, 0 to 1.",
    labels: ["model", "version", "variant"],
  },
  outrider_label_delay_p50_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Median of the time from a prediction to its label.",
    labels: ["model", "version", "variant"],
  },
  outrider_label_delay_p95_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "95th percentile of the time from a prediction to its label.",
    labels: ["model", "version", "variant"],
  },
} as const;

/** Metrics of labels: labels by result, and predictions that wait for one or cannot get one any more. */
export const labelRows = {
  outrider_labels_total: {
    type: "counter",
    unit: "labels",
    help: "Labels by result.",
    labels: ["result"],
  },
  outrider_predictions_awaiting_labels: {
    type: "gauge",
    unit: "rows",
    help: "Predictions that wait for their labels.",
    labels: [],
  },
  outrider_unlabelled_predictions_total: {
    type: "counter",
    unit: "rows",
    help: "Predictions that cannot get a label any more, or never could, by reason.",
    labels: ["reason"],
  },
} as const;
