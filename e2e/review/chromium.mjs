// The browser and how it is started.
import process from 'node:process';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** `--no-sandbox`: in a container chromium runs as root and has none. */
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'];
