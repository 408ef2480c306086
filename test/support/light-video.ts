/**
 * Settings for tests in which it does not matter how smooth a picture is: 30 frames a second of 720p in three layers keep
 * more than one core of the machine busy, and others that run beside them wait.
 */
export const lightVideo = { 'video.max_framerate': '10' } as const;
