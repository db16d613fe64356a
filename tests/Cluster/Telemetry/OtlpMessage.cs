using System.Buffers.Binary;
using System.Text;

namespace VectorCluster.Cluster.Tests.Telemetry;

/// <summary>A span as it came by OTLP.</summary>
/// <param name="Process">Of the resource: which process sent it.</param>
internal sealed record ReceivedSpan(
    string Process,
    string Source,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    IReadOnlyDictionary<string, string> Tags);

/// <summary>Reads the requests of opentelemetry-proto, as far as the tests look at them.</summary>
internal static class OtlpMessage
{
    private const string ProcessTag = "service.instance.id";

    public static IEnumerable<ReceivedSpan> ReadSpans(byte[] request)
    {
        foreach (var resourceSpans in Messages(request, 1))
        {
            var resource = TagsOf(Messages(resourceSpans, 1).First(), attributes: 1);
            foreach (var scopeSpans in Messages(resourceSpans, 2))
            {
                var source = Messages(scopeSpans, 1).Select(scope => TextOf(scope, 1)).First();
                foreach (var span in Messages(scopeSpans, 2))
                    yield return new(
                        resource.GetValueOrDefault(ProcessTag, ""),
                        source,
                        HexOf(span, 1),
                        HexOf(span, 2),
                        HexOf(span, 4),
                        TextOf(span, 5),
                        TagsOf(span, attributes: 9));
            }
        }
    }

    /// <summary>Of an ExportMetricsServiceRequest.</summary>
    public static IEnumerable<string> ReadMetricNames(byte[] request) => Messages(request, 1)
        .SelectMany(resourceMetrics => Messages(resourceMetrics, 2))
        .SelectMany(scopeMetrics => Messages(scopeMetrics, 2))
        .Select(metric => TextOf(metric, 1));

    private static Dictionary<string, string> TagsOf(byte[] message, int attributes) =>
        Messages(message, attributes).ToDictionary(
            pair => TextOf(pair, 1), pair => ValueOf(Messages(pair, 2).First()), StringComparer.Ordinal);

    /// <summary>AnyValue: a text, a bool or an integer.</summary>
    private static string ValueOf(byte[] value)
    {
        foreach (var (number, bytes, varint) in Fields(value))
            return number == 1 ? Encoding.UTF8.GetString(bytes) : $"{(long)varint}";
        return "";
    }

    private static string TextOf(byte[] message, int number) =>
        Messages(message, number).Select(Encoding.UTF8.GetString).FirstOrDefault("");

    private static string HexOf(byte[] message, int number) =>
        Messages(message, number).Select(Convert.ToHexStringLower).FirstOrDefault("");

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Bytes);

    /// <summary>The wire format: a tag, then a varint, eight bytes, a length with bytes, or four bytes.</summary>
    private static List<(int Number, byte[] Bytes, ulong Varint)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[], ulong)>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((number, [], Varint(message, ref at)));
                    break;
                case 1:
                    fields.Add((number, [], BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at))));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add((number, message[at..(at + length)], 0));
                    at += length;
                    break;
                default:
                    at += 4;
                    break;
            }
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
