namespace VectorCluster.Engine.Quantization;

/// <summary>How a search walks by codes.</summary>
/// <param name="Ef">Candidates kept on the way.</param>
/// <param name="Rescored">Of them, the best that are compared by their vectors in the end; 0: none are.</param>
internal readonly record struct CodeWalk(int Ef, int Rescored)
{
    /// <summary>Results beyond those wanted that are rescored: a code may take one for farther than it is.</summary>
    private const int RescoredBeyond = 20;

    /// <summary>And one more for so many candidates.</summary>
    private const int CandidatesPerRescored = 8;

    private const int ManyDimensions = 256;

    /// <param name="wanted">Results that count.</param>
    /// <param name="ef">Candidates that a search by vectors would keep.</param>
    public static CodeWalk Of(
        CodeWidth width, VectorSettings settings, QuantizationSearch? search, int wanted, int ef)
    {
        var walked = ef * Widening(width, settings.Dimension);
        var rescores = search?.Rescore ?? settings.Rescore ?? true;
        if ((search?.Oversampling ?? settings.Oversampling) is { } oversampling)
        {
            var sampled = (int)Math.Min(Math.Ceiling(wanted * oversampling), int.MaxValue / 2);
            return new(Math.Max(walked, sampled), rescores ? sampled : 0);
        }

        return new(walked, rescores ? RescoredOf(width, wanted, walked) : 0);
    }

    /// <summary>Coarse codes lead astray, the more the fewer dimensions there are: their errors are sums that grow with
    /// the root. More candidates make up for that.</summary>
    private static int Widening(CodeWidth width, int dimension) => width.Bits switch
    {
        1 => dimension < ManyDimensions ? 8 : 4,
        2 => 2,
        _ => 1,
    };

    private static int RescoredOf(CodeWidth width, int wanted, int ef) => width.Bits >= 4
        ? wanted + RescoredBeyond + (ef / CandidatesPerRescored)
        : ef;
}
