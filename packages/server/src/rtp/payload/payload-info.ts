/**
 * What the server needs to know of one RTP payload, the same for every codec. Made once and reused: an inspector calls
 * `reset` and fills in what its codec can tell. Offsets count from the start of the payload, so they hold in any copy.
 */
export class PayloadInfo {
  /** The first packet of a picture that can be decoded on its own. H264 may set it on several packets of one picture. */
  keyframeStart = false;
  /**
   * The first packet of a (layer) frame, as far as the payload tells. H264 sets it on each packet that holds parameter
   * sets or begins the first slice.
   */
  frameStart = false;
  /** VP9, or by dependency descriptor: the last packet of a layer frame. The others have only the RTP marker bit. */
  frameEnd = false;
  /** No other frame refers to this one: it can be dropped alone. */
  discardable = false;
  /** H264: the packet holds a sequence parameter set. */
  parameterSets = false;
  /** 0 where the codec has none or does not say. */
  spatialLayer = 0;
  temporalLayer = 0;
  /** VP8 (Y): the frame refers to none but base temporal layer frames, so its temporal layer may be joined here. */
  layerSync = false;
  /** VP9 (U): no later picture of a higher temporal layer refers to one before this: all of them may be joined behind. */
  switchingUpPoint = false;
  /** VP9, or by dependency descriptor: the frame refers to frames of other pictures. */
  interPicturePredicted = false;
  /** VP9: the layer frame is predicted from the spatial layer below. */
  interLayerPredicted = false;
  /** VP9, or by dependency descriptor: upper spatial layers are not predicted from this frame. */
  upperLayersIndependent = false;
  /**
   * By dependency descriptor, as masks of decode targets (bit `i`: target `i`): those that the frame belongs to, all
   * where it does not tell; those that may be followed from this frame on by whoever can decode it; and those whose
   * followers can.
   */
  presentTargets = -1;
  switchTargets = 0;
  decodableTargets = 0;
  /** Pixels, where the packet carries them (start of a keyframe); else 0. */
  width = 0;
  height = 0;
  /** VP9: profile; H264: profile_idc, where the packet carries parameter sets. Else -1. */
  profile = -1;
  /** H264: the parameter sets in the packet allow pictures of interlaced fields. */
  interlaced = false;
  /** H264: a B slice starts a picture here, which may be predicted from pictures that are shown after it. */
  bidirectional = false;
  /** VP8 and VP9; -1 where absent. */
  pictureId = -1;
  pictureIdOffset = -1;
  /** Width of the picture id field: 7 or 15 bits, 0 where absent. */
  pictureIdBits: 0 | 7 | 15 = 0;
  /** TL0PICIDX, the running number of base temporal layer frames (8 bits); -1 where absent. */
  tl0PictureIndex = -1;
  tl0PictureIndexOffset = -1;
  /** VP8's KEYIDX (5 bits); -1 where absent. */
  keyIndex = -1;

  reset(): void {
    this.keyframeStart = false;
    this.frameStart = false;
    this.frameEnd = false;
    this.discardable = false;
    this.parameterSets = false;
    this.spatialLayer = 0;
    this.temporalLayer = 0;
    this.layerSync = false;
    this.switchingUpPoint = false;
    this.interPicturePredicted = false;
    this.interLayerPredicted = false;
    this.upperLayersIndependent = false;
    this.presentTargets = -1;
    this.switchTargets = 0;
    this.decodableTargets = 0;
    this.width = 0;
    this.height = 0;
    this.profile = -1;
    this.interlaced = false;
    this.bidirectional = false;
    this.pictureId = -1;
    this.pictureIdOffset = -1;
    this.pictureIdBits = 0;
    this.tl0PictureIndex = -1;
    this.tl0PictureIndexOffset = -1;
    this.keyIndex = -1;
  }
}
