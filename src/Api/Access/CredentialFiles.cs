using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace VectorCluster.Api;

/// <summary>Reads the files with keys again when they have changed, so that a key comes and goes without a restart. New
/// files that can't be used are logged, and the keys before them stay.</summary>
/// <remarks>
/// <para>What the files say is compared, once a second: Kubernetes swaps a link to a folder, editors put another file
/// in the place of the old one, and the file system tells of neither reliably. The files are small.</para>
/// <para>A file that is caught half-written can't be read as what it is to be, and is read again a second later. A rate
/// that a key had used up begins anew.</para>
/// </remarks>
internal sealed partial class CredentialFiles : IDisposable
{
    /// <summary>Between two looks at the files.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ApiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer? _timer;
    private volatile Credentials _current;
    private string _read; // what the files said when they were read last, whether they could be used or not

    /// <exception cref="ApiOptionsException">A key is wrong, or a file can't be read: at the start nothing stands in
    /// for it.</exception>
    public CredentialFiles(ApiOptions options, TimeProvider time, ILogger<CredentialFiles> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _read = Digest(); // before they are read: what changes in between is then read again
        _current = Credentials.Read(options, time);
        if (!options.Access.Files.Any()) return;
        _timer = time.CreateTimer(
            static files => ((CredentialFiles)files!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    public Credentials Current => _current;

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        try
        {
            var digest = Digest();
            if (string.Equals(digest, _read, StringComparison.Ordinal)) return;
            _read = digest;
            _current = Credentials.Read(_options, _time);
            LogReadAnew(_logger, _current.Keys.Count);
        }
        catch (Exception fault) // whatever it is: thrown from a timer it would end the process
        {
            LogNotUsable(_logger, fault.Message);
        }
        finally
        {
            _timer!.Change(Interval, Timeout.InfiniteTimeSpan); // one look at a time, however slow the disk is
        }
    }

    /// <summary>Of what each file says, or why it can't be read.</summary>
    private string Digest()
    {
        var text = new StringBuilder();
        foreach (var file in _options.Access.Files)
        {
            try
            {
                text.Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Append('\n');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                text.Append(exception.Message).Append('\n');
            }
        }

        return text.ToString();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The keys were read anew; there are {Count}")]
    private static partial void LogReadAnew(ILogger logger, int count);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The keys have changed and can't be used, so those before stay: {Fault}")]
    private static partial void LogNotUsable(ILogger logger, string fault);
}
