/*
 * The little of Node-API that module.c calls, as https://nodejs.org/api/n-api.html declares it: its binary interface
 * stays the same for every Node, so that no headers of one are needed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
/* napi_ok is 0. */
typedef int napi_status;
typedef int napi_typedarray_type;
typedef struct napi_threadsafe_function__ *napi_threadsafe_function;
typedef void (*napi_finalize)(napi_env env, void *data, void *hint);
typedef void (*napi_threadsafe_function_call_js)(napi_env env, napi_value function, void *context, void *data);
/* napi_tsfn_release and napi_tsfn_nonblocking are 0. */
typedef int napi_threadsafe_function_release_mode;
typedef int napi_threadsafe_function_call_mode;

enum { NODE_API_VERSION = 8 };

napi_status napi_get_cb_info(
    napi_env env, napi_callback_info info, size_t *argc, napi_value *argv, napi_value *this_arg, void **data
);
napi_status napi_get_typedarray_info(
    napi_env env, napi_value array, napi_typedarray_type *type, size_t *length, void **data, napi_value *buffer,
    size_t *offset
);
napi_status napi_get_value_int64(napi_env env, napi_value value, int64_t *result);
napi_status napi_create_int64(napi_env env, int64_t value, napi_value *result);
napi_status
napi_create_function(napi_env env, const char *name, size_t length, napi_callback call, void *data, napi_value *result);
napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value);
napi_status napi_throw_type_error(napi_env env, const char *code, const char *message);
napi_status napi_get_undefined(napi_env env, napi_value *result);
napi_status napi_get_null(napi_env env, napi_value *result);
napi_status napi_get_value_bool(napi_env env, napi_value value, bool *result);
napi_status napi_create_string_latin1(napi_env env, const char *text, size_t length, napi_value *result);
napi_status napi_call_function(
    napi_env env, napi_value this_value, napi_value function, size_t argc, const napi_value *argv, napi_value *result
);
napi_status napi_create_threadsafe_function(
    napi_env env, napi_value function, napi_value resource, napi_value resource_name, size_t max_queue_size,
    size_t initial_thread_count, void *finalize_data, napi_finalize finalize, void *context,
    napi_threadsafe_function_call_js call_js, napi_threadsafe_function *result
);
napi_status
napi_call_threadsafe_function(napi_threadsafe_function function, void *data, napi_threadsafe_function_call_mode mode);
napi_status
napi_release_threadsafe_function(napi_threadsafe_function function, napi_threadsafe_function_release_mode mode);
napi_status napi_unref_threadsafe_function(napi_env env, napi_threadsafe_function function);
