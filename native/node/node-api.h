/*
 * The little of Node-API that module.c calls, as https://nodejs.org/api/n-api.html declares it: its binary interface
 * stays the same for every Node, so that no headers of one are needed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
/* napi_ok is 0. */
typedef int napi_status;
typedef int napi_typedarray_type;

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
