// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The files of core/cluster/scripts, made into constants by the build. Internal to scripts.cpp.
namespace cex::cluster {

extern const char* const kLua_common;
extern const char* const kLua_append;
extern const char* const kLua_cancel_queued;
extern const char* const kLua_cancel_running;
extern const char* const kLua_claim;
extern const char* const kLua_enqueue;
extern const char* const kLua_events;
extern const char* const kLua_expired;
extern const char* const kLua_finish;
extern const char* const kLua_forget;
extern const char* const kLua_get;
extern const char* const kLua_heartbeat;
extern const char* const kLua_leave;
extern const char* const kLua_list;
extern const char* const kLua_nodes;
extern const char* const kLua_note_callback;
extern const char* const kLua_overdue;
extern const char* const kLua_put_back;
extern const char* const kLua_reap;
extern const char* const kLua_release;
extern const char* const kLua_reserve;
extern const char* const kLua_take_callback;
extern const char* const kLua_unwatch;
extern const char* const kLua_watch;

}  // namespace cex::cluster
