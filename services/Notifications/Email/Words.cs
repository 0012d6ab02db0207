namespace NewsPlatform.Notifications.Email;

/// <summary>
/// What mails and their pages say besides the news, in one language. {0} is the portal's name or, in subjects, the headline.
/// </summary>
public sealed record Words
{
    public required string ConfirmSubject { get; init; }

    /// <summary>{1} is what is mailed: <see cref="Daily"/> or <see cref="Breaking"/>.</summary>
    public required string ConfirmText { get; init; }

    public required string ConfirmButton { get; init; }

    /// <summary>{0} is the number of hours.</summary>
    public required string ConfirmIgnore { get; init; }

    public required string Confirmed { get; init; }
    public required string ConfirmExpired { get; init; }
    public required string Daily { get; init; }
    public required string Breaking { get; init; }

    /// <summary>{1} is the day.</summary>
    public required string DigestSubject { get; init; }

    public required string BreakingSubject { get; init; }
    public required string CorrectionSubject { get; init; }
    public required string WithdrawnSubject { get; init; }
    public required string AmendedTitle { get; init; }
    public required string NewsTitle { get; init; }
    public required string UpdatedTitle { get; init; }
    public required string Correction { get; init; }
    public required string Withdrawn { get; init; }

    /// <summary>{0} is the number.</summary>
    public required string More { get; init; }

    public required string Read { get; init; }
    public required string Unsubscribe { get; init; }
    public required string UnsubscribeText { get; init; }
    public required string Unsubscribed { get; init; }
    public required string Unknown { get; init; }
    public required string Home { get; init; }

    /// <summary>A language that is not among these speaks English around its news.</summary>
    public static Words Of(string language) => all.GetValueOrDefault(language, all["en"]);

    static readonly Dictionary<string, Words> all = new()
    {
        ["en"] = new()
        {
            ConfirmSubject = "{0}: please confirm your subscription",
            ConfirmText =
                "Somebody, probably you, wants this address to get {1} from {0}. Follow this link and press the button to confirm it:",
            ConfirmButton = "Confirm the subscription",
            ConfirmIgnore = "If it was not you, do nothing: you will get no other mail. The link is good for {0} hours.",
            Confirmed = "The subscription is confirmed.",
            ConfirmExpired = "This link is too old. Please subscribe again.",
            Daily = "the daily digest",
            Breaking = "breaking news",
            DigestSubject = "{0}: the news, {1}",
            BreakingSubject = "Breaking: {0}",
            CorrectionSubject = "Correction: {0}",
            WithdrawnSubject = "Withdrawn: {0}",
            AmendedTitle = "Corrections",
            NewsTitle = "News",
            UpdatedTitle = "Updated",
            Correction = "Correction",
            Withdrawn = "This story has been withdrawn.",
            More = "and {0} more stories",
            Read = "Read the story",
            Unsubscribe = "Unsubscribe",
            UnsubscribeText = "Do you want no more mails of this subscription?",
            Unsubscribed = "You are unsubscribed, and will get no more mails of this subscription.",
            Unknown = "There is no such subscription, or no more.",
            Home = "To the front page",
        },
        ["az"] = new()
        {
            ConfirmSubject = "{0}: abunəliyinizi təsdiqləyin",
            ConfirmText =
                "Kimsə, ehtimal ki, siz, bu ünvana {0} portalından {1} göndərilməsini istəyib. "
                + "Təsdiqləmək üçün bu keçidi açın və düyməni basın:",
            ConfirmButton = "Abunəliyi təsdiqlə",
            ConfirmIgnore = "Bunu siz istəməmisinizsə, heç nə etməyin: başqa məktub almayacaqsınız. Keçid {0} saat etibarlıdır.",
            Confirmed = "Abunəlik təsdiqləndi.",
            ConfirmExpired = "Bu keçid köhnəlib. Zəhmət olmasa, yenidən abunə olun.",
            Daily = "günün xəbərləri",
            Breaking = "təcili xəbərlər",
            DigestSubject = "{0}: xəbərlər, {1}",
            BreakingSubject = "Təcili: {0}",
            CorrectionSubject = "Düzəliş: {0}",
            WithdrawnSubject = "Geri götürülüb: {0}",
            AmendedTitle = "Düzəlişlər",
            NewsTitle = "Xəbərlər",
            UpdatedTitle = "Yenilənib",
            Correction = "Düzəliş",
            Withdrawn = "Bu xəbər geri götürülüb.",
            More = "və daha {0} xəbər",
            Read = "Xəbəri oxu",
            Unsubscribe = "Abunəliyi ləğv et",
            UnsubscribeText = "Bu abunəlik üzrə daha məktub almaq istəmirsiniz?",
            Unsubscribed = "Abunəlik ləğv olundu; bu abunəlik üzrə daha məktub almayacaqsınız.",
            Unknown = "Belə abunəlik yoxdur və ya artıq ləğv olunub.",
            Home = "Ana səhifəyə",
        },
        ["ru"] = new()
        {
            ConfirmSubject = "{0}: подтвердите подписку",
            ConfirmText =
                "Кто-то, вероятно вы, хочет получать на этот адрес {1} от {0}. "
                + "Чтобы подтвердить подписку, откройте ссылку и нажмите кнопку:",
            ConfirmButton = "Подтвердить подписку",
            ConfirmIgnore = "Если это были не вы, ничего не делайте: других писем не будет. Ссылка действует {0} ч.",
            Confirmed = "Подписка подтверждена.",
            ConfirmExpired = "Срок действия ссылки истёк. Подпишитесь, пожалуйста, ещё раз.",
            Daily = "ежедневную подборку новостей",
            Breaking = "срочные новости",
            DigestSubject = "{0}: новости, {1}",
            BreakingSubject = "Срочно: {0}",
            CorrectionSubject = "Исправление: {0}",
            WithdrawnSubject = "Материал отозван: {0}",
            AmendedTitle = "Исправления",
            NewsTitle = "Новости",
            UpdatedTitle = "Обновлено",
            Correction = "Исправление",
            Withdrawn = "Материал отозван.",
            More = "и ещё материалов: {0}",
            Read = "Читать",
            Unsubscribe = "Отписаться",
            UnsubscribeText = "Больше не присылать письма по этой подписке?",
            Unsubscribed = "Вы отписались: писем по этой подписке больше не будет.",
            Unknown = "Такой подписки нет, или она уже отменена.",
            Home = "На главную",
        },
        ["tr"] = new()
        {
            ConfirmSubject = "{0}: aboneliğinizi onaylayın",
            ConfirmText =
                "Biri, muhtemelen siz, bu adrese {0} portalından {1} gönderilmesini istedi. "
                + "Onaylamak için bağlantıyı açın ve düğmeye basın:",
            ConfirmButton = "Aboneliği onayla",
            ConfirmIgnore = "Bunu isteyen siz değilseniz bir şey yapmayın: başka e-posta almayacaksınız. Bağlantı {0} saat geçerlidir.",
            Confirmed = "Abonelik onaylandı.",
            ConfirmExpired = "Bu bağlantının süresi doldu. Lütfen yeniden abone olun.",
            Daily = "günün haberleri",
            Breaking = "son dakika haberleri",
            DigestSubject = "{0}: haberler, {1}",
            BreakingSubject = "Son dakika: {0}",
            CorrectionSubject = "Düzeltme: {0}",
            WithdrawnSubject = "Geri çekildi: {0}",
            AmendedTitle = "Düzeltmeler",
            NewsTitle = "Haberler",
            UpdatedTitle = "Güncellendi",
            Correction = "Düzeltme",
            Withdrawn = "Bu haber geri çekildi.",
            More = "ve {0} haber daha",
            Read = "Haberi oku",
            Unsubscribe = "Abonelikten çık",
            UnsubscribeText = "Bu abonelikten artık e-posta almak istemiyor musunuz?",
            Unsubscribed = "Abonelikten çıktınız; bu abonelikten artık e-posta almayacaksınız.",
            Unknown = "Böyle bir abonelik yok ya da artık yok.",
            Home = "Ana sayfaya",
        },
    };
}
