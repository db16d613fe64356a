namespace VectorCluster;

/// <summary>The stable codes that every door reports. A code keeps its meaning for ever; new ones may come.</summary>
public static class ErrorCodes
{
    public const string InvalidJson = "invalid_json";
    public const string InvalidRequest = "invalid_request";
    public const string MissingField = "missing_field";
    public const string UnknownField = "unknown_field";
    public const string WrongType = "wrong_type";
    public const string OutOfRange = "out_of_range";
    public const string InvalidPointId = "invalid_point_id";
    public const string InvalidPayload = "invalid_payload";
    public const string InvalidPayloadPath = "invalid_payload_path";
    public const string InvalidFilter = "invalid_filter";
    public const string InvalidName = "invalid_name";
    public const string InvalidVector = "invalid_vector";
    public const string WrongDimension = "wrong_dimension";
    public const string UnknownVector = "unknown_vector";
    public const string Unsupported = "unsupported";
    public const string TooLarge = "too_large";
    public const string CollectionNotFound = "collection_not_found";
    public const string PointNotFound = "point_not_found";
    public const string SiloNotFound = "silo_not_found";
    public const string CollectionExists = "collection_exists";
    public const string ShardUnavailable = "shard_unavailable";
    public const string ShardCorrupted = "shard_corrupted";
    public const string StoreUnavailable = "store_unavailable";
    public const string CheckpointFailed = "checkpoint_failed";
    public const string RepairFailed = "repair_failed";
    public const string DeadlineExceeded = "deadline_exceeded";
    public const string Overloaded = "overloaded";
    public const string RateLimited = "rate_limited";
    public const string Unauthenticated = "unauthenticated";
    public const string InvalidKey = "invalid_key";
    public const string Forbidden = "forbidden";
    public const string WriteIncomplete = "write_incomplete";
    public const string Internal = "internal_error";
}
