//! The journal as the client reads it: away from the threads that run futures, because a disk may take its time.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::spawn_blocking;

use crate::journal::{Entry, JournalError, Reader};

#[derive(Debug)]
pub(crate) struct Shelf(Arc<Mutex<Reader>>);

impl Shelf {
    pub(crate) fn new(reader: Reader) -> Shelf {
        Shelf(Arc::new(Mutex::new(reader)))
    }

    /// [`Reader::scan`].
    pub(crate) async fn scan(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.read(move |reader| reader.scan(from, limit)).await
    }

    /// [`Reader::scan_express`].
    pub(crate) async fn scan_express(
        &self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        self.read(move |reader| reader.scan_express(from, limit)).await
    }

    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&Reader) -> T + Send + 'static) -> T {
        let reader = Arc::clone(&self.0);
        // A reader has no state that a panic could leave half changed.
        let read = move || read(&reader.lock().unwrap_or_else(PoisonError::into_inner));
        match spawn_blocking(read).await {
            Ok(read) => read,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is being shut down, and this future with it.
            Err(_) => std::future::pending().await,
        }
    }
}
