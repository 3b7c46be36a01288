//! How doubtful places of the law are read. Each is a switch of the edition (`[readings]`), with its question, the recommended reading
//! as the default, and the others beside it.
//!
//! A site that is told to read a place otherwise changes a word in a file. AMB-23 (zones) is no switch: instants are UTC, days are the
//! body's. Which reading was in force can be seen from the edition that every term names.

use serde::{Deserialize, Serialize};

/// Declares the switches: for each the key, the ambiguity, the question, and the readings, the recommended one first.
macro_rules! readings {
    ($(
        $(#[$about:meta])*
        $key:ident, $amb:literal, $question:literal: $name:ident {
            $(#[$default_about:meta])* $default:ident = $default_word:literal,
            $($(#[$other_about:meta])* $other:ident = $other_word:literal),+ $(,)?
        }
    )+) => {
        /// The reading of every doubtful place.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Readings {
            $(#[doc = concat!($amb, ": ", $question)] $(#[$about])* pub $key: $name,)+
        }

        $(
            #[doc = concat!($amb, ": ", $question)]
            $(#[$about])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
            pub enum $name {
                $(#[$default_about])* #[default] #[serde(rename = $default_word)] $default,
                $($(#[$other_about])* #[serde(rename = $other_word)] $other,)+
            }

            impl $name {
                /// The word in the edition.
                pub fn word(self) -> &'static str {
                    match self {
                        $name::$default => $default_word,
                        $($name::$other => $other_word,)+
                    }
                }
            }
        )+

        impl Readings {
            /// Every switch as it stands, in the order of the ambiguities.
            pub fn table(&self) -> Vec<Reading> {
                vec![$(Reading {
                    key: stringify!($key),
                    ambiguity: $amb,
                    question: $question,
                    chosen: self.$key.word(),
                    options: &[$default_word, $($other_word),+],
                }),+]
            }
        }
    };
}

/// One switch, for people: `options` begins with the recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Key in `[readings]`.
    pub key: &'static str,
    /// Such as `AMB-01`.
    pub ambiguity: &'static str,
    /// What is doubtful.
    pub question: &'static str,
    /// The reading in force.
    pub chosen: &'static str,
    /// All of them.
    pub options: &'static [&'static str],
}

readings! {
    hour_terms_begin, "AMB-01", "Do hour terms begin at once or, as 5.3 says of periods, on the next day?": HourTermsBegin {
        /// They are worded "after" and "from the moment": counted in a special way (5.2).
        AtTheInstant = "at_the_instant",
        /// At the first moment of the next day.
        NextDay = "next_day",
    }
    hour_term_ends_while_closed, "AMB-02", "What if an hour term ends while the body is closed?": HourTermEndsWhileClosed {
        /// It ends literally then, with the remark `outside_working_time`.
        Literal = "literal",
        /// It ends when the body last closed before that, if that was after the trigger (5.7/2).
        ClipToClosing = "clip_to_closing",
        /// It ends when the body opens next.
        ShiftToOpening = "shift_to_opening",
    }
    month_terms_end_on, "AMB-03", "Which day's number does the last month take (5.5)?": MonthTermsEndOn {
        /// The trigger's: from 10 January two months end on 10 March.
        TriggerDate = "trigger_date",
        /// That of the first counted day: 11 March. One day later, so nobody is warned late by the other.
        FirstCountedDay = "first_counted_day",
    }
    years_from_leap_day, "AMB-04", "When do years from 29 February end in a year without one?": YearsFromLeapDay {
        /// On 28 February, as 5.5 has it for months.
        LastOfFebruary = "last_of_february",
        /// On 1 March.
        FirstOfMarch = "first_of_march",
    }
    non_working_last_day, "AMB-05", "Does a last day that does not work move on (5.6) when the checkpoint itself is open on it?": NonWorkingLastDay {
        /// Yes: 5.8/2 still calls such a day non-working, and speaks of working days only.
        RollsAlways = "rolls_always",
        /// No: what is open can be used.
        StaysIfBodyIsOpen = "stays_if_body_is_open",
    }
    body_counts, "AMB-06", "Which non-working days count for a body that works on some (5.8/2)?": BodyCounts {
        /// Those on which it has working time.
        DaysItIsOpen = "days_it_is_open",
        /// All of them, once it has working hours on any.
        AllNonWorkingDays = "all_non_working_days",
    }
    next_working_day, "AMB-07", "Whose day is the next working day of the body (252.4/2)?": NextWorkingDay {
        /// The body's own, by its timetable. A shift over midnight belongs to the day on which it starts.
        OfTheTimetable = "of_the_timetable",
        /// A day from Monday to Friday that is no holiday (5.8/1).
        OfTheStatute = "of_the_statute",
    }
    last_day_ends, "AMB-08", "Is a customs body an organisation at whose closing hour a day's term ends (5.7/2)?": LastDayEnds {
        /// Yes, for what is done in person; electronic filing has until 24:00. Both are kept.
        AtClosingHour = "at_closing_hour",
        /// No: everything has until 24:00.
        AtMidnight = "at_midnight",
    }
    detention_days, "AMB-09", "Three days \"from the day of detention\" (238.2, 238.3)?": DetentionDays {
        /// The first is the day after (5.3): the only reading that never gives less than 72 hours, and disposal cannot be undone.
        BeginNextDay = "begin_next_day",
        /// The day of detention is the first.
        BeginThatDay = "begin_that_day",
        /// Each has 24 hours, from the moment of detention.
        ByTheHour = "by_the_hour",
    }
    presentation, "AMB-10", "What is the presentation of goods (252.4)?": Presentation {
        /// An act of its own: the goods are in the zone and were shown to the body.
        ExplicitAct = "explicit_act",
        /// The registration of the arrival notice.
        Notice = "notice",
        /// The vehicle's arrival.
        Arrival = "arrival",
    }
    arrival_term_stops, "AMB-11", "What stops the term of 252.4: filing or registration?": ArrivalTermStops {
        /// Filing, once it is registered; a refusal undoes it.
        WithFiling = "with_filing",
        /// Registration.
        WithRegistration = "with_registration",
    }
    oversize_cargo, "AMB-12", "Of what does the road exception for oversize cargo free (251.1(1))?": OversizeCargo {
        /// Of weight and volume: it closes the whole clause.
        NeedsNeither = "needs_neither",
        /// Of volume only.
        NeedsWeight = "needs_weight",
    }
    russian_papers, "AMB-13", "Must papers in Russian be translated (250.4)?": RussianPapers {
        /// No: customs papers may be in either language (274.5, 281.8).
        Accepted = "accepted",
        /// Yes: 250.4 speaks of the state language.
        NeedTranslation = "need_translation",
    }
    transit_cap_rest, "AMB-14", "What does a part of the distance of 323.2 give?": TransitCapRest {
        /// Days in proportion, a part of a day being a day.
        InProportion = "in_proportion",
        /// As much as a whole one.
        AsAWhole = "as_a_whole",
        /// Nothing, unless there is no whole one at all.
        Nothing = "nothing",
    }
    pass_year, "AMB-15", "When does a pass for one calendar year end (186.4(3)/2)?": PassYear {
        /// Twelve months after it was issued, if its issuer states nothing shorter.
        TwelveMonths = "twelve_months",
        /// On 31 December of the year of issue.
        EndOfTheYear = "end_of_the_year",
    }
    days_off_beside_holidays, "AMB-16", "Do days off that the holiday law does not call holidays count as working days (7 January, Kurban Ait, days moved by the Government)?": DaysOffBesideHolidays {
        /// No.
        AreNonWorking = "are_non_working",
        /// Yes: 5.8/1 leaves out holidays only.
        AreWorking = "are_working",
    }
    weekends_declared_working, "AMB-16", "Is a Saturday or Sunday that the Government declared working a working day?": WeekendsDeclaredWorking {
        /// If the calendar says that it counts.
        AsTheCalendarSays = "as_the_calendar_says",
        /// Never: 5.8/1 knows Monday to Friday.
        Never = "never",
        /// Always.
        Always = "always",
    }
    transit_papers_after_closing, "AMB-17", "Road transit arrives in working time, and its hour ends after closing (329.3/2)?": TransitPapersAfterClosing {
        /// Literally then, with the remark `outside_working_time`.
        Literal = "literal",
        /// When the body closes.
        ClipToClosing = "clip_to_closing",
        /// As if it had arrived outside working time.
        FromNextOpening = "from_next_opening",
    }
    parking_ends, "AMB-18", "What ends the parking of 453.2?": ParkingEnds {
        /// The permission to leave (453.3).
        WithPermission = "with_permission",
        /// The vehicle's leaving.
        WithDeparture = "with_departure",
    }
    empty_vehicles, "AMB-19", "Is an empty vehicle asked about goods (251.1, 452.1)?": EmptyVehicles {
        /// No.
        AreNotAskedAboutGoods = "are_not_asked_about_goods",
        /// Yes.
        AreAskedAboutGoods = "are_asked_about_goods",
    }
    nothing_to_list, "AMB-20", "How is a list answered that has nothing in it?": NothingToList {
        /// With an explicit nothing.
        ExplicitNothing = "explicit_nothing",
        /// Not at all: the row is missing.
        Missing = "missing",
    }
    immediately, "AMB-21", "Has \"immediately\" a number?": ImmediatelyIs {
        /// No: a task at once.
        WithoutNumber = "without_number",
        /// Until 24:00 of the day.
        UntilEndOfDay = "until_end_of_day",
    }
    body_working_day_ends, "AMB-22", "Until when may the body act on the last of its working days (297.1)?": BodyWorkingDayEnds {
        /// Until it closes: it is its own act.
        AtClosingHour = "at_closing_hour",
        /// Until 24:00.
        AtMidnight = "at_midnight",
    }
    ceilings, "AMB-24", "Does the most to which a term may be prolonged move on from a day that does not work (5.6)?": Ceilings {
        /// Yes: it is a term in months itself.
        Roll = "roll",
        /// No.
        StayHard = "stay_hard",
    }
    from_the_day_of, "AMB-25", "Is \"from the day of\" that day (283.3, 42.4)?": FromTheDayOf {
        /// No: the first day is the next (5.3).
        BeginsNextDay = "begins_next_day",
        /// Yes.
        BeginsThatDay = "begins_that_day",
    }
    storage_pairs, "AMB-26", "Must storage papers name both of \"consignor (consignee)\" and \"dispatch (destination)\" (267.1)?": StoragePairs {
        /// At least one of each pair.
        AtLeastOne = "at_least_one",
        /// Both.
        Both = "both",
    }
    restricted_goods_kept, "AMB-27", "How long are detained goods kept that are restricted and lack their proof (238)?": RestrictedGoodsKept {
        /// One month: 238.2 names prohibited goods only.
        OneMonth = "one_month",
        /// Three days, as prohibited goods.
        ThreeDays = "three_days",
    }
}
