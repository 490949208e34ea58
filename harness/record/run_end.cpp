#include "harness/record/run_end.hpp"

#include "harness/record/tally_codec.hpp"

namespace rehearse::record {
namespace {

void write_texts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.number(texts.size());
  for (const std::string& text : texts) {
    out.text(text);
  }
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> texts(in.count());
  for (std::string& text : texts) {
    text = in.text();
  }
  return texts;
}

ResourceTally read_resource(ByteReader& in) {
  ResourceTally resource;
  resource.name = in.text();
  resource.slots = in.real();
  resource.busy_ns = in.wide();
  read_histogram(in, resource.queue);
  resource.max_queue = in.number();
  resource.rejected = in.number();
  return resource;
}

}  // namespace

std::string encode_end(const RunEnd& end) {
  ByteWriter out;
  out.number(kEndVersion);
  out.number(end.issued);
  out.number(end.late);
  out.number(end.dropped);
  out.signed_number(end.max_schedule_lag.count_ns());
  out.number(end.resources.size());
  for (const ResourceTally& resource : end.resources) {
    out.text(resource.name);
    out.real(resource.slots);
    out.wide(resource.busy_ns);
    write_histogram(out, resource.queue);
    out.number(resource.max_queue);
    out.number(resource.rejected);
  }
  out.real(end.little_l);
  out.real(end.little_lambda_w);
  write_texts(out, end.invalid_reasons);
  write_texts(out, end.warnings);
  out.text(end.stop_reason);
  out.signed_number(end.elapsed.count_ns());
  out.signed_number(end.wall.count_ns());
  out.number(end.engine_events);
  out.number(end.max_in_flight);
  write_histogram(out, end.mock_pace.chunks);
  write_histogram(out, end.mock_pace.answers);
  out.signed_number(end.mock_pace.ceiling.count_ns());
  return out.take();
}

Result<RunEnd> decode_end(std::string_view bytes) {
  ByteReader in(bytes);
  RunEnd end;
  const std::uint64_t version = in.number();
  if (version == 0 || version > kEndVersion) {
    return Error{"", "the end of the run in an encoding that this version does not know"};
  }
  end.issued = in.number();
  end.late = in.number();
  end.dropped = in.number();
  end.max_schedule_lag = Duration::nanoseconds(in.signed_number());
  const std::size_t resources = in.count();
  for (std::size_t i = 0; i < resources && !in.bad(); ++i) {
    end.resources.push_back(read_resource(in));
  }
  end.little_l = in.real();
  end.little_lambda_w = in.real();
  end.invalid_reasons = read_texts(in);
  end.warnings = read_texts(in);
  end.stop_reason = in.text();
  end.elapsed = Duration::nanoseconds(in.signed_number());
  end.wall = Duration::nanoseconds(in.signed_number());
  end.engine_events = in.number();
  end.max_in_flight = in.number();
  if (version > 1) {
    read_histogram(in, end.mock_pace.chunks);
    read_histogram(in, end.mock_pace.answers);
    end.mock_pace.ceiling = Duration::nanoseconds(in.signed_number());
  }
  if (in.bad() || !in.at_end()) {
    return Error{"", "a damaged record of the run's end"};
  }
  return end;
}

}  // namespace rehearse::record
