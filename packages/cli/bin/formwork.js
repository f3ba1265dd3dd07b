#!/usr/bin/env node
// Committed, not built: npm links a bin at install time, before the build has made `dist`.
import '../dist/main.js';
