using JasperFx.Events;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Keys;

/// <summary>
/// Reading and changing keys. What is stored is on the ring of this service in the same transaction, and relayed from there.
/// </summary>
public static class KeySession
{
    /// <summary>The unique index of the names of those that are not revoked.</summary>
    public const string NameIndex = "key_name";

    /// <exception cref="ProblemException">404.</exception>
    public static async Task<KeyChanged> FetchKeyAsync(this IQuerySession session, Guid id, CancellationToken ct) =>
        await session.LoadAsync<KeyChanged>(id, ct) ?? throw ProblemException.NotFound("key");

    /// <exception cref="ProblemException">422 when a key that is not revoked has the name.</exception>
    public static async Task RequireFreeNameAsync(this IQuerySession session, string name, CancellationToken ct)
    {
        if (await session.Query<KeyChanged>().AnyAsync(key => key.Name == name && !key.Revoked, ct))
        {
            throw NameTaken();
        }
    }

    /// <summary>Stores what happened to a key; this replica knows of it when that returns, the others a moment later.</summary>
    /// <param name="key">As <paramref name="e"/> made it.</param>
    /// <exception cref="ProblemException">422 when the name is taken, 503 when somebody else changed it at the same moment.</exception>
    public static async Task AppendAsync(
        this IDocumentSession session,
        Caller caller,
        KeyRing ring,
        KeyChanged key,
        object e,
        CancellationToken ct
    )
    {
        EventMetadata.Add(session, caller);
        if (key.Version == 1)
        {
            session.Events.StartStream(key.KeyId, e);
        }
        else
        {
            session.Events.Append(key.KeyId, key.Version, e);
        }
        KeyRing.Upsert(session, key);
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (Exception fault)
            when ((fault as PostgresException ?? fault.InnerException)
                    is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: NameIndex }
            )
        {
            throw NameTaken();
        }
        catch (Exception fault)
            when (fault
                    is EventStreamUnexpectedMaxEventIdException
                        or JasperFx.ConcurrencyException
                        or JasperFx.DocumentAlreadyExistsException
            )
        {
            throw ProblemException.Unavailable(
                "Somebody else changed the key, or sent the same request, at the same moment; try again.",
                TimeSpan.FromSeconds(1)
            );
        }
        await ring.RefreshAsync(ct);
    }

    static ProblemException NameTaken() => ProblemException.RuleViolation("name", "is the name of another key that is not revoked");
}
