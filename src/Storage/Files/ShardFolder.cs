using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Files;

/// <summary>One shard's folder while it is in use. Every member is called by whoever has the
/// <see cref="Turn"/>.</summary>
/// <remarks>
/// A change that fails leaves the folder in doubt: what is on the disk is the state before it or after it. Everything
/// then throws until <see cref="Acquire"/> or <see cref="Renew"/> has read the disk again, having cut the log to its
/// last acknowledged byte.
/// </remarks>
internal sealed class ShardFolder(DataDirectory directory, ShardId shard)
{
    // The newest segment is freed by beginning another; one that holds less than this part of a full one is not worth a
    // file.
    private const int WorthFreeing = 64;

    private readonly string _folder = directory.ShardFolder(shard);
    private readonly byte[] _digest = WalFormat.Digest(shard);
    private OwnerFile _owner = null!; // set together with the log
    private ShardLog? _log;
    private CurrentFile? _current;
    private long _sequence;
    private bool _inDoubt;

    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Left the store's table: whoever waited for the turn must look the shard up again.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether somebody owns it. If not, the store forgets it.</summary>
    public bool IsOpen => _log is not null;

    private Disk Disk => directory.Disk;

    private long CheckpointLsn => _current?.File.Lsn ?? 0;

    public ShardOwnership Acquire()
    {
        if (_log is null || _inDoubt) Open(OwnerFile.TryRead(_folder) ?? Create());
        return TakeNextEpoch();
    }

    /// <returns>Null: <paramref name="epoch"/> is not the newest, or there is no such shard.</returns>
    public ShardOwnership? Renew(Epoch epoch)
    {
        if (_log is null || _inDoubt)
        {
            // The disk, not memory: the change that is in doubt may have been that of the epoch.
            if (OwnerFile.TryRead(_folder) is not { } owner || owner.Epoch != epoch.Value) return null;
            Open(owner);
        }

        return _owner.Epoch == epoch.Value ? TakeNextEpoch() : null;
    }

    public StoreStatus Append(Epoch epoch, Lsn first, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (!IsOwner(epoch) || first.Value != _log!.LastLsn + 1) return StoreStatus.Rejected;
        Change(() =>
        {
            if (_log.End > directory.SegmentBytes) Roll(epoch, first.Value);
            _log.Append(epoch, records);
        });
        return StoreStatus.Done;
    }

    public StoreStatus Trim(Epoch epoch, Lsn upTo)
    {
        if (!IsOwner(epoch)) return StoreStatus.Rejected;

        // What no checkpoint holds stays, whoever asks: it would be lost.
        var limit = Math.Min(upTo.Value, CheckpointLsn);
        Change(() =>
        {
            if (limit >= _log!.LastLsn && !_log.IsEmpty && _log.End > directory.SegmentBytes / WorthFreeing)
                Roll(epoch, _log.LastLsn + 1);
            _log.Trim(limit);
        });
        return StoreStatus.Done;
    }

    /// <returns>Null: there is no such shard.</returns>
    public LogReader? OpenLog(Lsn from)
    {
        ThrowIfInDoubt();
        if (_log is not null) return new(_folder, _digest, _log.Segments, _log.End, from.Value);

        var owner = OwnerFile.TryRead(_folder);
        if (owner is null)
        {
            CheckNothingIsThere();
            return null;
        }

        var checkpointLsn = CurrentFile.TryRead(_folder, _digest)?.File.Lsn ?? 0;
        var recovery = WalRecovery.Run(_folder, _digest, owner, checkpointLsn);
        return new(_folder, _digest, recovery.Segments, recovery.Newest.End, from.Value);
    }

    /// <returns>Null: rejected.</returns>
    public CheckpointWriter? BeginCheckpoint(Epoch epoch, CheckpointManifest manifest)
    {
        if (!IsOwner(epoch)) return null;
        if (manifest.Lsn.Value < CheckpointLsn)
            throw new ArgumentException(
                $"LSN {manifest.Lsn} is before the checkpoint's, {CheckpointLsn}.", nameof(manifest));
        return new(Disk, _folder, _digest, new(manifest.Lsn.Value, ++_sequence), _current);
    }

    /// <summary>Makes a complete pages file the checkpoint, then deletes the files that nothing needs any
    /// more.</summary>
    public StoreStatus Switch(Epoch epoch, CheckpointWriter writer, CurrentFile next)
    {
        if (!IsOwner(epoch)) return StoreStatus.Rejected;
        if (!ReferenceEquals(_current, writer.Previous))
            throw new InvalidOperationException($"Shard {shard} was given two checkpoints at the same time.");

        Change(() =>
        {
            next.Write(Disk, _folder, _digest);
            _current = next;
            StartAfterCheckpoint(epoch);
            foreach (var file in PagesFiles().Where(file => !writer.Uses(file)))
                Disk.DiscardFile(Path.Join(_folder, file.FileName));
        });
        return StoreStatus.Done;
    }

    /// <summary>Removes the file of a checkpoint that was not completed, if it is certain that nothing refers to
    /// it.</summary>
    /// <returns>Whether the caller still owns the shard.</returns>
    public bool Abandon(Epoch epoch, CheckpointWriter writer)
    {
        if (IsOpen && !_inDoubt && _current?.File != writer.Id)
            Disk.DiscardFile(Path.Join(_folder, writer.Id.FileName));
        return IsOpen && _owner.Epoch == epoch.Value;
    }

    public CheckpointManifest? ReadManifest()
    {
        ThrowIfInDoubt();
        return CurrentFile.TryRead(_folder, _digest)?.ReadManifest(_folder);
    }

    /// <returns>Null: there is no checkpoint.</returns>
    public CheckpointReader? OpenCheckpoint()
    {
        ThrowIfInDoubt();
        var current = CurrentFile.TryRead(_folder, _digest);
        return current is null ? null : CheckpointReader.Open(_folder, current, _digest);
    }

    /// <summary>Whether nobody acquired the shard since. Never mind a change in doubt: nobody was told of it.</summary>
    public bool IsCurrent(Epoch epoch) => _log is not null && _owner.Epoch == epoch.Value;

    /// <summary>Closes the files, if it is the owner that asks.</summary>
    public void Release(Epoch epoch)
    {
        if (IsCurrent(epoch)) Close();
    }

    public void Close()
    {
        if (_inDoubt && _log is not null) CutToAcknowledged();
        _log?.Dispose();
        _log = null;
        _inDoubt = false;
    }

    public void Delete()
    {
        _log?.Dispose();
        (_log, _inDoubt) = (null, false);
        directory.DiscardFolder(_folder);
        var parent = Path.GetDirectoryName(_folder)!;
        directory.RemoveIfEmpty(parent);
        directory.RemoveIfEmpty(Path.GetDirectoryName(parent)!);
    }

    private ShardOwnership TakeNextEpoch()
    {
        var checkpoint = _current?.ReadManifest(_folder);
        Change(() => WriteOwner(_owner.Epoch + 1));
        return new(new Epoch(_owner.Epoch), new Lsn(_log!.LastLsn), checkpoint);
    }

    private void Open(OwnerFile owner)
    {
        Close();
        if (owner.Shard != shard)
            throw new DamagedFileException(Path.Join(_folder, OwnerFile.Name), 0, $"it belongs to {owner.Shard}");

        _current = CurrentFile.TryRead(_folder, _digest);
        var recovery = WalRecovery.Run(_folder, _digest, owner, CheckpointLsn);
        RemoveLeftovers();
        _owner = owner;
        _log = ShardLog.Open(Disk, _folder, _digest, recovery);
        Change(() =>
        {
            StartAfterCheckpoint(new Epoch(owner.Epoch));

            // A crash within StartAfterCheckpoint may have left older segments, with a gap behind them.
            if (_log.Segments.Contains(CheckpointLsn + 1)) _log.Trim(CheckpointLsn);
        });
    }

    // The segment comes first: once there is an OWNER, a missing segment is damage.
    private OwnerFile Create()
    {
        CheckNothingIsThere();
        directory.EnsureFolder(_folder);
        ShardLog.CreateSegment(Disk, _folder, _digest, firstLsn: 1, epoch: 0);
        return new(shard, Epoch: 0, NewestSegment: 1);
    }

    // Without an OWNER there can be no more than an interrupted Create leaves: an empty first segment.
    private void CheckNothingIsThere()
    {
        var path = Path.Join(_folder, OwnerFile.Name);
        if (File.Exists(Path.Join(_folder, CurrentFile.Name)))
            throw new DamagedFileException(path, 0, "the file is missing");
        foreach (var segment in WalFormat.ListSegments(_folder))
        {
            var length = new FileInfo(Path.Join(_folder, WalFormat.FileName(segment))).Length;
            if (segment != 1 || length > WalSegmentHeader.Bytes)
                throw new DamagedFileException(path, 0, "the file is missing");
        }
    }

    // A crash, or a failure in the switch, may have come before CURRENT was durable. Written again before anything is
    // deleted, it cannot fall back to files that are gone.
    private void RemoveLeftovers()
    {
        var files = PagesFiles();
        _sequence = files.Count == 0 ? 0 : files.Max(static file => file.Sequence);
        var temporaries = Directory.GetFiles(_folder, "*" + Disk.TemporarySuffix);
        if (temporaries.Length == 0 && files.All(file => file == _current?.File)) return;

        var used = _current?.ReadTable(_folder).Files.Keys.ToHashSet() ?? [];
        var leftovers = files.Where(file => !used.Contains(file))
            .Select(file => Path.Join(_folder, file.FileName)).ToList();
        if (leftovers.Count > 0) _current?.Write(Disk, _folder, _digest);
        foreach (var path in leftovers.Concat(temporaries)) Disk.DiscardFile(path);
    }

    private List<PagesFileId> PagesFiles()
    {
        var files = new List<PagesFileId>();
        foreach (var path in Directory.EnumerateFiles(_folder))
        {
            if (PagesFileId.TryParse(Path.GetFileName(path.AsSpan()), out var id)) files.Add(id);
        }

        return files;
    }

    // A checkpoint that came from elsewhere (a restore, a split) may be ahead of the log, which then goes on behind it.
    private void StartAfterCheckpoint(Epoch epoch)
    {
        if (_log!.LastLsn >= CheckpointLsn) return;
        Roll(epoch, CheckpointLsn + 1);
        _log.Trim(CheckpointLsn);
    }

    private void Roll(Epoch epoch, long firstLsn)
    {
        _log!.Roll(epoch, firstLsn);
        WriteOwner(_owner.Epoch);
    }

    private void WriteOwner(long epoch)
    {
        var owner = _owner with { Epoch = epoch, NewestSegment = _log!.Segments[^1] };
        owner.Write(Disk, _folder);
        _owner = owner;
    }

    // Nobody was told that what stands behind the last acknowledged byte was written, and after a failed flush nobody
    // can know.
    private void CutToAcknowledged()
    {
        using var file = Disk.Open(_log!.NewestPath);
        if (file.Length > _log.End) file.Truncate(_log.End);
        file.Flush();
    }

    private bool IsOwner(Epoch epoch)
    {
        if (_log is null || _owner.Epoch != epoch.Value) return false;
        ThrowIfInDoubt();
        return true;
    }

    private void ThrowIfInDoubt()
    {
        if (_inDoubt) throw new IOException($"A change of shard {shard} failed before; acquire the shard again.");
    }

    private void Change(Action change)
    {
        _inDoubt = true;
        change();
        _inDoubt = false;
    }
}
