using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace VectorCluster.Cluster.Tests.Wire;

/// <summary>A value written out with all that it holds, so that two can be compared whatever their Equals
/// does.</summary>
internal static class Structure
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool or Enum or TimeSpan or Lsn or PayloadPath or Payload:
                text.Append(value.GetType().Name).Append(':').Append(value);
                break;
            case PointId id:
                text.Append(id.Kind).Append(':').Append(id);
                break;
            case DateTimeOffset time:
                text.Append(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case float single:
                text.Append(BitConverter.SingleToInt32Bits(single));
                break;
            case double number:
                text.Append(BitConverter.DoubleToInt64Bits(number));
                break;
            case IFormattable number:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case ReadOnlyMemory<float> vector:
                Append(text, vector.ToArray());
                break;
            case IEnumerable items:
                text.Append('[');
                foreach (var item in items)
                {
                    Append(text, item);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                AppendMembers(text, value);
                break;
        }
    }

    private static void AppendMembers(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('{');
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.DeclaringType == typeof(Exception)) continue;
            text.Append(property.Name).Append('=');
            Append(text, property.GetValue(value));
            text.Append(';');
        }

        if (value is Exception exception) text.Append(exception.Message);
        text.Append('}');
    }
}
