using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary>Bounds of numeric options, told before anything is done.</summary>
internal static class Ranges
{
    public static void Require(Option<int> option, int min, int max) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 0 || !int.TryParse(result.Tokens[0].Value, out var value))
            return; // told by the parser
        if (value < min || value > max) result.AddError($"{option.Name} is {value}; it must be {min} to {max}.");
    });

    public static void Require(Option<double> option, double min, double max) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 0 || !double.TryParse(result.Tokens[0].Value, out var value)) return;
        if (!(value >= min && value <= max)) result.AddError($"{option.Name} is {value}; it must be {min} to {max}.");
    });
}
