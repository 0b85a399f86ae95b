/** torchvision's models of video, flow, segmentation and quantised ones count as in PyTorch. */
import { countBuilders } from '../../support/torchvisionCounts';

countBuilders(/models\/(?!detection)\w+\/\w+\.py$/);
