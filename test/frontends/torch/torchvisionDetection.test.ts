/** Of torchvision's detectors what does not depend on the data counts as in PyTorch. */
import { countBuilders } from '../../support/torchvisionCounts';

countBuilders(/models\/detection\//);
