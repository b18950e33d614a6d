// is_field and the wire types, for the decoders of this folder.
#pragma once

#include "base/wire/protobuf_field.h"
