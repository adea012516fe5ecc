/* SPDX-License-Identifier: Apache-2.0 */
/* version: of all programs. */
#ifndef MUSTER_BASE_VERSION_H
#define MUSTER_BASE_VERSION_H

#ifdef PACKAGE_VERSION
#define MUSTER_VERSION PACKAGE_VERSION
#else
#define MUSTER_VERSION "0"
#endif

#endif
